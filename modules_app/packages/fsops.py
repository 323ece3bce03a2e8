"""The only module that writes files. Every call takes a directory descriptor and one plain name.

Nothing here follows a symbolic link below the directory that the caller opened, nothing
overwrites a file that it did not mean to replace, and an error while syncing is final (R4.7).
A test can replace `FsOps` by a subclass that records or disturbs the calls.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modules_app.packages.errors import explain_os_error, storage_failed

_OPEN_DIR = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def _find_syncfs() -> Callable[[int], int] | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int]
    function.restype = ctypes.c_int
    return function  # type: ignore[no-any-return]


_SYNCFS = _find_syncfs()


class FsOps:
    """File operations for the data folder. Stateless, so one object may serve every thread.

    All methods raise `StorageFailed` when the disk is full or broken and `OSError` otherwise.
    """

    def open_root(self, path: Path | str) -> int:
        """Open a directory by path; only this call follows links, as the path is the admin's."""
        return os.open(path, _OPEN_DIR)

    def open_dir(self, name: str, dir_fd: int) -> int:
        """Open the directory ``name`` below ``dir_fd``; a symbolic link is refused."""
        return os.open(plain_name(name), _OPEN_DIR | os.O_NOFOLLOW, dir_fd=dir_fd)

    def open_file(self, name: str, dir_fd: int) -> int:
        """Open the file ``name`` below ``dir_fd`` for reading; a symbolic link is refused."""
        return os.open(plain_name(name), _OPEN_FILE, dir_fd=dir_fd)

    @contextmanager
    def directory(self, path: Path | str, *names: str) -> Iterator[int]:
        """Yield a descriptor of ``path/names…`` and close it afterwards."""
        dir_fd = self.open_root(path)
        try:
            for name in names:
                below = self.open_dir(name, dir_fd)
                os.close(dir_fd)
                dir_fd = below
            yield dir_fd
        finally:
            os.close(dir_fd)

    def make_root(self, path: Path | str, *, mode: int = 0o750) -> None:
        """Create the directory ``path`` and its parents where they are missing."""
        try:
            os.makedirs(path, mode, exist_ok=True)
        except OSError as error:
            explain_os_error(error, f"mkdir {path}")

    def make_dir(self, name: str, dir_fd: int, *, mode: int = 0o755) -> None:
        """Create one directory with exactly ``mode``; it must not exist."""
        os.close(self.make_and_open_dir(name, dir_fd, mode=mode))

    def make_and_open_dir(self, name: str, dir_fd: int, *, mode: int = 0o755) -> int:
        """Create one directory with exactly ``mode`` and return its descriptor."""
        try:
            os.mkdir(plain_name(name), mode, dir_fd=dir_fd)
            below = os.open(name, _OPEN_DIR | os.O_NOFOLLOW, dir_fd=dir_fd)
            os.fchmod(below, mode)
        except OSError as error:
            explain_os_error(error, f"mkdir {name}")
        return below

    def ensure_dir(self, name: str, dir_fd: int, *, mode: int = 0o755) -> bool:
        """Create the directory if there is none; return whether it was created."""
        try:
            self.make_dir(name, dir_fd, mode=mode)
        except FileExistsError:
            os.close(self.open_dir(name, dir_fd))
            return False
        return True

    def create_file(self, name: str, dir_fd: int, *, mode: int = 0o644) -> int:
        """Create a new file with exactly ``mode`` and return its descriptor for `write`."""
        try:
            fd = os.open(plain_name(name), _CREATE, mode, dir_fd=dir_fd)
            os.fchmod(fd, mode)
        except OSError as error:
            explain_os_error(error, f"create {name}")
        return fd

    def open_lock(self, name: str, dir_fd: int) -> int:
        """Open a lock file, created when missing; such a file is never unlinked (R0.8)."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(plain_name(name), flags, 0o600, dir_fd=dir_fd)

    def open_log(self, name: str, dir_fd: int, *, mode: int = 0o640) -> int:
        """Open a log file, created when missing, so that each write goes to its end."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(plain_name(name), flags, mode, dir_fd=dir_fd)

    def replace_content(self, fd: int, data: bytes) -> None:
        """Make ``data`` all that an open file holds; for notes that need not survive a crash."""
        os.ftruncate(fd, 0)
        os.lseek(fd, 0, os.SEEK_SET)
        self.write(fd, data)

    def write(self, fd: int, data: bytes | memoryview) -> None:
        """Write all of ``data``."""
        try:
            written = os.write(fd, data)
            while written < len(data):
                data = memoryview(data)[written:]
                written = os.write(fd, data)
        except OSError as error:
            explain_os_error(error, "write")

    def change_mode(self, fd: int, mode: int) -> None:
        """Set the permission bits of an open file or directory."""
        os.fchmod(fd, mode)

    def change_group(self, fd: int, group: int) -> None:
        """Give an open file or directory to a group, by its number."""
        try:
            os.fchown(fd, -1, group)
        except OSError as error:
            explain_os_error(error, f"chown to the group {group}")

    def rename(self, old: str, new: str, dir_fd: int) -> None:
        """Rename within one directory, replacing ``new``; never between directories (R4.3)."""
        try:
            os.rename(plain_name(old), plain_name(new), src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
        except OSError as error:
            explain_os_error(error, f"rename {old}")

    def move_unmentioned(self, name: str, dir_fd: int, new: str, new_dir_fd: int) -> None:
        """Move what no row mentions to another directory and note the time as its own.

        The one rename between directories: whether it survives a crash does not matter (R4.3 A7).
        """
        try:
            os.utime(plain_name(name), dir_fd=dir_fd, follow_symlinks=False)
            os.rename(name, plain_name(new), src_dir_fd=dir_fd, dst_dir_fd=new_dir_fd)
        except OSError as error:
            explain_os_error(error, f"move {name}")

    def link(self, name: str, dir_fd: int, new: str, new_dir_fd: int) -> None:
        """Give a file a second name; ``new`` must not exist."""
        try:
            os.link(
                plain_name(name),
                plain_name(new),
                src_dir_fd=dir_fd,
                dst_dir_fd=new_dir_fd,
                follow_symlinks=False,
            )
        except OSError as error:
            explain_os_error(error, f"link {new}")

    def link_open_file(self, fd: int, new: str, new_dir_fd: int) -> None:
        """Give the very file that ``fd`` refers to another name, whatever its old name is now."""
        try:
            os.link(
                f"/proc/self/fd/{fd}", plain_name(new), dst_dir_fd=new_dir_fd, follow_symlinks=True
            )
        except OSError as error:
            explain_os_error(error, f"link {new}")

    def replace_link(self, name: str, dir_fd: int, target: str) -> None:
        """Make ``name`` a symbolic link to ``target``, in place of the link that was there.

        Only one process may do so at a time; what a crash left of it is used up by the next.
        """
        temporary = f".{plain_name(name)}.new"
        self.unlink(temporary, dir_fd)
        try:
            os.symlink(target, temporary, dir_fd=dir_fd)
            self.rename(temporary, name, dir_fd)
        except OSError as error:
            self.unlink(temporary, dir_fd)
            explain_os_error(error, f"link {name}")

    def unlink(self, name: str, dir_fd: int) -> bool:
        """Remove a file or link; return False if it was gone already."""
        try:
            os.unlink(plain_name(name), dir_fd=dir_fd)
        except FileNotFoundError:
            return False
        return True

    def remove_tree(self, name: str, dir_fd: int) -> bool:
        """Remove a directory and all below it, following no link; False if it was gone already."""
        try:
            below = self.open_dir(name, dir_fd)
        except FileNotFoundError:
            return False
        try:
            self._empty(below)
        finally:
            os.close(below)
        os.rmdir(name, dir_fd=dir_fd)
        return True

    def remove_empty_dir(self, name: str, dir_fd: int) -> bool:
        """Remove a directory that holds nothing; False if it does, or was gone already."""
        try:
            os.rmdir(plain_name(name), dir_fd=dir_fd)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
                return False
            raise
        return True

    def _empty(self, dir_fd: int) -> None:
        mode = stat.S_IMODE(os.fstat(dir_fd).st_mode)
        if mode & 0o300 != 0o300:
            self.change_mode(dir_fd, mode | 0o700)
        for name, is_dir in _listing(dir_fd):
            if is_dir:
                self.remove_tree(name, dir_fd)
            else:
                self.unlink(name, dir_fd)

    def sync_file(self, fd: int) -> None:
        """Make the content of one file durable."""
        self._sync(fd, "fsync")

    def sync_dir(self, dir_fd: int) -> None:
        """Make the names in one directory durable."""
        self._sync(dir_fd, "fsync of a directory")

    def sync_tree(self, dir_fd: int, *, parents: Sequence[int] = ()) -> None:
        """Make everything below ``dir_fd`` durable, and the names in ``parents``.

        One syncfs where the kernel has it, else an fsync for each file and directory. Open
        ``dir_fd`` before you write: the kernel reports to it only errors that came after.
        """
        if self.sync_filesystem(dir_fd):
            return
        self._sync_below(dir_fd)
        for parent in parents:
            self.sync_dir(parent)

    def sync_filesystem(self, fd: int) -> bool:
        """Make the whole file system of ``fd`` durable; False where there is no such call."""
        if _SYNCFS is None:
            return False
        if _SYNCFS(fd) == 0:
            return True
        code = ctypes.get_errno()
        if code == errno.ENOSYS:
            return False
        raise storage_failed(OSError(code, "syncfs"), "syncfs")

    def _sync(self, fd: int, action: str) -> None:
        try:
            os.fsync(fd)
        except OSError as error:
            raise storage_failed(error, action) from error

    def _sync_below(self, dir_fd: int) -> None:
        for name, is_dir in _listing(dir_fd):
            try:
                fd = self.open_dir(name, dir_fd) if is_dir else self.open_file(name, dir_fd)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
                    continue
                raise
            try:
                if is_dir:
                    self._sync_below(fd)
                else:
                    self.sync_file(fd)
            finally:
                os.close(fd)
        self.sync_dir(dir_fd)

    def write_file_atomically(
        self,
        directory: int | Path | str,
        name: str,
        data: bytes,
        *,
        mode: int = 0o600,
        durable: bool = True,
    ) -> None:
        """Replace or create ``name`` so that a reader, or a crash, sees all of it or the old one.

        ``directory`` is a descriptor or a path. Durable when the call returns, unless the caller
        does without: what the next start writes anew need not survive a power cut.
        """
        if not isinstance(directory, int):
            with self.directory(directory) as dir_fd:
                return self.write_file_atomically(dir_fd, name, data, mode=mode, durable=durable)
        temporary = f".{plain_name(name)}.{secrets.token_hex(6)}.tmp"
        try:
            self._write_new(temporary, directory, data, mode, durable)
            self.rename(temporary, name, directory)
        except BaseException:
            self.unlink(temporary, directory)
            raise
        if durable:
            self.sync_dir(directory)
        return None

    def create_file_whole(self, name: str, dir_fd: int, data: bytes, *, mode: int = 0o600) -> None:
        """Create ``name``, durably and with all of ``data`` at once; it must not exist."""
        temporary = f".{plain_name(name)}.{secrets.token_hex(6)}.tmp"
        try:
            self._write_new(temporary, dir_fd, data, mode, durable=True)
            self.link(temporary, dir_fd, name, dir_fd)
        finally:
            self.unlink(temporary, dir_fd)
        self.sync_dir(dir_fd)

    def _write_new(self, name: str, dir_fd: int, data: bytes, mode: int, durable: bool) -> None:
        fd = self.create_file(name, dir_fd, mode=mode)
        try:
            self.write(fd, data)
            if durable:
                self.sync_file(fd)
        finally:
            os.close(fd)


def plain_name(name: str) -> str:
    """Return ``name`` if it is one path component; `ValueError` if it could lead elsewhere."""
    if not name or "/" in name or "\0" in name or name in (".", ".."):
        raise ValueError(f"not a plain file name: {name!r}")
    return name


def _listing(dir_fd: int) -> list[tuple[str, bool]]:
    with os.scandir(dir_fd) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
