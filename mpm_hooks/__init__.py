"""Keep claude-mpm's session files honest: hooks that check them, see them committed, and take a pause.

Each module imports only from those before it in this list::

    session    what a session is: its names, its places and what its files say
    finding    one thing wrong, and where
    parse      bytes -> what a file says: json, yaml, md, pointer, record; all faults at once
    render     Session -> text: json, yaml, md, pointer; forms(session) -> {name: bytes}
    rules      what may be wrong, a family a module
    check      a folder of sessions -> findings
    facts      what a snapshot is made from
    status     the output of git status -> entries
    snapshot   facts and a clock -> Session
    report     findings -> text, exit status
    disk       the only module that reads and writes files of sessions
    repo       the only module that runs git
    work       where the work stands, also what a hook runner keeps aside
    tracking   how git holds the files of sessions, and which rules hide them
    commit     a commit of some files and nothing else
    runner     who started the hook, and what for
    pause      the act: facts, files, commit, what was done
    commands   argv in, exit status out; one module a command
    main       the command line

Everything down to ``report`` is pure: text, data and times in, data out.
"""

__version__ = "0.1.0"
