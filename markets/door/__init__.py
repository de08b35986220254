"""What every door shares, for people and machines: how a request is read, answered, kept and refused."""
