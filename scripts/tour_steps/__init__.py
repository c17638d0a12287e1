"""The steps of scripts/tour: each is a function of the stage, and answers the sentence for the table."""
