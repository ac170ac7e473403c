"""Tables that cases take in: lines of a bulk claim, needs collected on paper."""
