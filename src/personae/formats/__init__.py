"""What the columns of the exports of well-known tools mean, one file a tool."""
