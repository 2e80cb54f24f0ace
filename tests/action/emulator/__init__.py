"""GitHub, as far as comments on pull requests need it: on loopback, with a state, held to GitHub's own documents.

Each module imports only from those before it in this list::

    storage    the git repositories
    site       who is there, which repositories, pull requests, comments and runs; who may do what
    answer     what comes back, or is refused
    view       the state as the API tells it
    rest       the operations of the REST API
    graph      the operations of the GraphQL API
    contract   GitHub's documents: they complete what is told, and judge each request and answer
    fault      what goes wrong on demand
    transport  git over HTTP
    origin     a port of loopback: what arrives there, and how it is answered
    server     it all together, with a log; Emulator is what tests make

By hand: ``python -m emulator --help`` in ``tests/action``, with ``MPM_HOOKS_GITHUB_DOCUMENTS`` set.
"""
