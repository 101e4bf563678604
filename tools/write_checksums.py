"""Write mer_ros/models/weights/SHA256SUMS: run it when weights that ship have been trained anew."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / 'mer_ros'
FOLDERS = ('models/weights', 'research')


def checksums() -> str:
    """Return the checksums of all files of weights, as sha256sum writes them."""
    files = sorted(path for folder in FOLDERS for path in (PACKAGE / folder).rglob('*')
                   if path.suffix in ('.onnx', '.json', '.npz'))
    return ''.join(f'{hashlib.sha256(path.read_bytes()).hexdigest()}  '
                   f'{path.relative_to(PACKAGE).as_posix()}\n' for path in files)


if __name__ == '__main__':
    (PACKAGE / 'models/weights/SHA256SUMS').write_text(checksums(), encoding='utf-8')
