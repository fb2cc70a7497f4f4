"""Parts of the children of a service that have places of their own (« groupes »).

moving          in which group a child counts, and having its days follow
service_groups  the town says which there are
choosing        and in which one a child is
"""
