"""Reading partners and departments. Everything starts from what the actor may see."""
