"""To whom the town hall writes or gives something: « à qui ».

kinds     what a target is, and how it is said
offered   which schools, classes and activities there are to choose among
choosing  which families it is today
reach     how many parents that is, and who of them gets a mail
"""
