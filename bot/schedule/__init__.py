"""When something recurs: the words that people write it in, and the moments that they mean."""
