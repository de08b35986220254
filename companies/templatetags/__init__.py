"""What templates of companies say in words."""
