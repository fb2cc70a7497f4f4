"""What an outside tester needs: the captured mails."""
