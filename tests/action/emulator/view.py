"""The state as the API tells it: what is known; GitHub's document says what else stands there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from emulator import storage
from emulator.site import Account, Comment, Pull, Repository, Run, Site

Facts = dict[str, Any]
"""The values of an object that the emulator knows."""


class View:
    """The state, with the addresses at which it is served."""

    def __init__(self, site: Site, api: str, web: str) -> None:
        """Take the addresses of the API and of the web site."""
        self.site, self.api, self.web = site, api, web

    def account(self, account: Account) -> Facts:
        """Tell of an account."""
        api = f"{self.api}/users/{quote(account.login)}"
        return {
            "id": account.id,
            "node_id": f"U_{account.id}",
            "login": account.login,
            "type": account.kind,
            "site_admin": False,
            "url": api,
            "html_url": f"{self.web}/{account.login.removesuffix('[bot]')}",
        }

    def repository(self, repository: Repository) -> Facts:
        """Tell of a repository."""
        owner, name = repository.name.split("/")
        return {
            "id": repository.id,
            "node_id": f"R_{repository.id}",
            "name": name,
            "full_name": repository.name,
            "owner": self.account(repository.owner),
            "private": repository.is_private,
            "fork": bool(repository.parent),
            "url": f"{self.api}/repos/{owner}/{name}",
            "html_url": f"{self.web}/{owner}/{name}",
            "clone_url": f"{self.web}/{owner}/{name}.git",
            "default_branch": "main",
        }

    def comment(self, comment: Comment) -> Facts:
        """Tell of a comment."""
        api, web = f"{self.api}/repos/{comment.repository}", f"{self.web}/{comment.repository}"
        return {
            "id": comment.id,
            "node_id": comment.node,
            "body": comment.body,
            "user": self.account(comment.author),
            "author_association": "NONE",
            "url": f"{api}/issues/comments/{comment.id}",
            "html_url": f"{web}/pull/{comment.number}#issuecomment-{comment.id}",
            "issue_url": f"{api}/issues/{comment.number}",
            "created_at": moment(comment.made),
            "updated_at": moment(comment.changed),
            "performed_via_github_app": None,
        }

    def pull(self, repository: Repository, pull: Pull) -> Facts:
        """Tell of a pull request."""
        source = self.site.repositories[pull.source]
        head = self._end(source, pull.branch, self.site.head(repository, pull))
        base = self._end(repository, pull.base, storage.tip(repository.path, f"refs/heads/{pull.base}"))
        return self.issue(repository, pull) | {
            "url": f"{self.api}/repos/{repository.name}/pulls/{pull.number}",
            "issue_url": f"{self.api}/repos/{repository.name}/issues/{pull.number}",
            "head": head | ({"repo": None} if source.is_gone else {}),
            "base": base,
            "draft": False,
            "merged": False,
            "merge_commit_sha": storage.tip(repository.path, f"refs/pull/{pull.number}/merge") or None,
        }

    def issue(self, repository: Repository, pull: Pull) -> Facts:
        """Tell of a pull request as an issue, which each of them is."""
        return {
            "id": pull.id,
            "node_id": f"PR_{pull.id}",
            "number": pull.number,
            "title": pull.title,
            "state": pull.state,
            "locked": pull.is_locked,
            "user": self.account(pull.author),
            "url": f"{self.api}/repos/{repository.name}/issues/{pull.number}",
            "html_url": f"{self.web}/{repository.name}/pull/{pull.number}",
            "comments_url": f"{self.api}/repos/{repository.name}/issues/{pull.number}/comments",
            "comments": len(self.site.comments(repository.name, pull.number)),
            "author_association": "NONE",
        }

    def run(self, repository: Repository, run: Run) -> Facts:
        """Tell of a run of a workflow; of one from a fork GitHub does not name the pull requests."""
        source = self.site.repositories[run.source]
        return {
            "id": run.id,
            "node_id": f"WFR_{run.id}",
            "name": "Tests",
            "event": run.event,
            "head_branch": run.branch,
            "head_sha": run.sha,
            "run_attempt": run.attempt,
            "status": "completed",
            "conclusion": "success",
            "pull_requests": [],
            "url": f"{self.api}/repos/{repository.name}/actions/runs/{run.id}",
            "html_url": f"{self.web}/{repository.name}/actions/runs/{run.id}",
            "repository": self.repository(repository),
            "head_repository": self.repository(source),
        }

    def commit(self, repository: Repository, sha: str) -> Facts:
        """Tell of a commit."""
        message, tree = storage.git(repository.path, "log", "-1", "--format=%B%x00%T", sha).split("\0")
        return {
            "sha": sha,
            "url": f"{self.api}/repos/{repository.name}/commits/{sha}",
            "html_url": f"{self.web}/{repository.name}/commit/{sha}",
            "commit": {"message": message.strip(), "tree": {"sha": tree}},
        }

    def comparison(self, repository: Repository, base: str, head: str, parted: str) -> Facts:
        """Tell how two commits stand to each other; none of those between is listed."""
        ahead, behind = storage.count(repository.path, base, head), storage.count(repository.path, head, base)
        status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
        return {
            "status": status,
            "ahead_by": ahead,
            "behind_by": behind,
            "total_commits": ahead,
            "base_commit": self.commit(repository, base),
            "merge_base_commit": self.commit(repository, parted),
            "commits": [],
        }

    def _end(self, repository: Repository, branch: str, sha: str) -> Facts:
        return {
            "label": f"{repository.owner.login}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": self.account(repository.owner),
            "repo": self.repository(repository),
        }


def moment(when: datetime) -> str:
    """Write a time as GitHub does."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
