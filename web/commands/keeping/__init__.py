"""What an operator does with the home: backups, checks, certificates, migrations."""
