"""Other programs beside Groundwire in the bench, a file each; `asked` has them answer."""
