"""Who may do what with partners, referrals, departments and coordinations."""
