import io
import tarfile

import pytest

from vecocli.errors import DataError
from vecocli.xtreme.formats.archive import is_archive, member_lines


def pack(path, mode, **files):
    with tarfile.open(path, mode) as archive:
        folder = tarfile.TarInfo("train")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in files.items():
            info = tarfile.TarInfo(f"./de/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar", "w"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tar.xz", "w:xz")]
)
def test_reads_the_lines_of_a_file_in_any_folder(tmp_path, name, mode):
    path = pack(tmp_path / name, mode, dev=b"x", train="\ufeffä\u2028\r\n\n \rb".encode())
    assert is_archive(path)
    assert list(member_lines(path, "train")) == ["ä\u2028", "", " \rb"]


@pytest.mark.parametrize("name", ["dev", "de-dev", "dev.tsv.gz", "tar"])
def test_other_files_are_no_archives(tmp_path, name):
    assert not is_archive(tmp_path / name)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("dev", r"a\.tar/dev: it is empty"),
        ("test", r"a\.tar/test:2: not UTF-8: byte 0xff"),
        ("train", r"a\.tar: it has no file train"),
    ],
)
def test_says_what_is_wrong(tmp_path, member, message):
    path = pack(tmp_path / "a.tar", "w", dev=b"", test=b"a\nb\xff\n")
    with pytest.raises(DataError, match=message):
        list(member_lines(path, member))


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_damaged_archive_is_refused(tmp_path, size):
    path = pack(tmp_path / "a.tar.gz", "w:gz", dev=bytes(range(256)) * 90)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataError, match=r"a\.tar\.gz: damaged archive: [^\n]+$"):
        list(member_lines(path, "dev"))
