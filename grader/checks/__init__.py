"""What checks are written with, the pytest plug-in that turns their outcomes into results, and the rules on source."""
