"""What a cell says: numbers, dates, units, places, goods, as people of three languages write them."""
