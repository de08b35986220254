"""Import of export records from people's files: nothing is guessed, nothing is lost, nothing is there twice.

    upload -> reading (a process of its own) -> meaning (what columns say) -> mapping -> checking -> doing (and undoing)

`plan` holds what people decide on the way; each step is a piece of a job whose work stands in its room.
"""
