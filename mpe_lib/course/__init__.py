"""What needs the clone: the walk, the site, the README, checks, explorers and grading."""
