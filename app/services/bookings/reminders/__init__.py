"""Parents are told of a week that they have not spoken of.

reminding    whom, and when
expecting    which days those are
quiet_weeks  where they want to hear no more of it
"""
