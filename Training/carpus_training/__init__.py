"""Training of the networks of Carpus on the virtual wrist."""
