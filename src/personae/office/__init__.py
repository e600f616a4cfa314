"""What office files share: text every program can show, text that fits, and bytes that are the same every time."""
