"""From bytes on a disk to text that can be read: what a file is, how it is packed, how it is written."""
