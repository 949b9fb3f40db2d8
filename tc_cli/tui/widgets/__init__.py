"""Parts that several screens or dialogs are made of."""
