"""Laws of the records and rules that both programs share."""
