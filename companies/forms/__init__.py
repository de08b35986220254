"""What people may enter, field by field."""
