"""Keep claude-mpm's session files honest: hooks that check them, see them committed, and take a pause.

Each module imports only from those before it in this list::

    value      parts that belong together, each by its name
    lean       what a check needs of the standard library, without the imports that take long
    session    what a session is: its names, its places and what its files say
    finding    one thing wrong, and where
    page       the words of the md form
    model      what stands under which key of a session, and of what kind it is
    schema     the model as a JSON Schema
    status     what git prints of files -> entries, changes
    facts      what a snapshot is made from
    parse      bytes -> what a file says: json, yaml, md, pointer, record; all faults at once
    render     Session -> text: json, yaml, md, pointer; forms(session) -> {name: bytes}
    secret     the secrets in a text
    harm       what a command does that no verification needs
    redact     a session's data -> the same, fit to publish
    rules      what may be wrong, a family a module
    check      a folder of sessions -> findings
    fix        a folder of sessions -> what to write in its place
    policy     which findings count, how much, and which somebody has accepted
    manual     a rule -> its page, for a terminal, in Markdown, as data
    config     settings -> Config
    maker      who made a commit, by what it says
    verify     what a project declares -> the commands that verify it
    account    facts -> words: task, phase, what is done, what comes next, what nobody knows
    recorded   the incremental record of an auto-pause -> what it tells
    snapshot   facts and a clock -> Session
    setup      what a repository needs to use us, a module a file
    report     findings -> text, json, workflow commands, SARIF; exit status
    markup     text of a session -> Markdown and HTML that show it and do nothing else
    event      what GitHub tells of an event -> what it is about
    patience   what a server answered -> how long to wait before asking again
    comment    the comments of a pull request and what is to be said -> what to write
    summary    the sessions of a branch -> Markdown, HTML, JSON, for a reviewer
    screen     what a terminal shows: room, characters, colours
    briefing   what the next one needs to go on from a session -> text, Markdown, JSON
    listing    sessions, a line each -> text, Markdown, JSON
    ledger     the sessions that were pruned, a line each
    retention  which sessions may go
    folder     a folder of sessions, read file by file
    machine    what this machine and its user are called
    disk       the only module that writes files of sessions
    hands      shares work between processes
    process    starts programs, and hears what they say
    plumbing   asks git without GitPython, which a check must not wait for
    claims     what git knows of what sessions claim
    blobs      sessions as git keeps them at a commit, without a work tree
    drift      how far a branch has moved on since a session
    due        whether the commits of a change need a session, and have one
    review     base and head -> what a summary tells
    job        a job on GitHub's runner: summary, outputs, notices, what it must not have checked out
    github     the only module that speaks to GitHub's API
    subject    what an event is about -> the commits to compare, and the pull request
    discussion what we say on a pull request, said once
    fetch      looks at the sessions of a branch that stands on a server
    repo       a repository with a work tree, and git run in it
    questions  what git is asked first, while Python imports what reads the answers
    objects    what git keeps, asked for one after another; trees
    index      an index of a few files, in which git finds what differs
    selection  which folders of sessions a command is for
    shelf      the sessions of a work tree, the newest first
    worktrees  the other work trees and branches of a repository
    stock      all sessions that somebody can ask for, and which of them a word means
    fate       what has become of a session's commit and branch, and who wrote its file
    resumption what it takes to go on from a session
    inquiry    what there is to say to who asks for a session
    operation  the merge, rebase, … that has been begun and not ended
    history    where a branch stands with the one that it came from
    work       where the work stands, also what a hook runner keeps aside
    tracking   how git holds the files of sessions, and which rules hide them
    commit     a commit of some files and nothing else
    windows    the processes of Windows
    runner     who started the hook, and what for
    claude     the only module that reads Claude Code's own store
    gather     the facts of a snapshot, from where they are
    guard      where a pause must not be taken
    turn       one pause at a time
    ending     whether a session covers the tip of a branch that is pushed, or left
    idle       why an automatic pause would keep nothing that is not kept already
    autopause  the record of an auto-pause that is still open
    pause      the act: facts, files, commit, what was done
    mending    the act: a folder of sessions rewritten where fix says so, or what would change as a diff
    prune      the act: old sessions into the ledger, all or nothing
    adoption   what a repository lacks to use us, and how it is given it
    probes     what may keep us from working here, a probe a function
    commands   argv in, exit status out; one module a command
    usage      how commands are called: examples for --help
    completion what a shell may add to a command line
    utf8       starts Python again where it would read names in another encoding than git
    main       the command line

Everything from ``session`` down to ``retention`` is pure: text, data and times in, data out.
"""

__version__ = "0.1.0"
