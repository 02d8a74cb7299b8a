"""What stands below everything else of the client."""
