"""An application that tries what workflow code may not do."""
