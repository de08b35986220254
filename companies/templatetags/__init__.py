"""What templates of companies say in words."""
"""What templates of people's side say and link to."""
