"""The node for the faces and voices of REP-155."""
