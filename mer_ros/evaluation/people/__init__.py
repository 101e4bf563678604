"""What a robot shows of people who feel nothing in particular, and of what is nobody at all."""
