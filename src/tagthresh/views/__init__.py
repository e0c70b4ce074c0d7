"""What a page needs to know of each tag to answer by itself, in little space."""
