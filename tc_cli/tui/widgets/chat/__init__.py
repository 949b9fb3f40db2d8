"""What a conversation is drawn from: entries, the rows they take, their heights, and paint."""
