"""What templates of people's side say and link to."""
