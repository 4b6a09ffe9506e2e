"""Compares kernel-lib/deploy/signature.ts with its peer, the Python package model-signing.

    pip install model-signing==1.1.1 pyopenssl
    python model-signing.py sign FOLDER     makes the fixture: FOLDER/model, FOLDER/model.sig, FOLDER/key.pub
    python model-signing.py verify DEVICE   verifies the bundle that DEVICE/current.json names
"""

import json
import pathlib
import sys
import tempfile

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from model_signing import signing, verifying


def sign(folder: pathlib.Path) -> None:
    model = folder / "model"
    (model / "weights").mkdir(parents=True, exist_ok=True)
    (model / "Zeta.txt").write_text("upper case sorts first\n")
    (model / "alpha.txt").write_text("a\n")
    (model / "weights" / "grö\u00dfe.bin").write_bytes(bytes(range(256)))
    (model / "weights.json").write_text("{}\n")
    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory() as temporary:
        private = pathlib.Path(temporary) / "key.pem"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        config = signing.Config().use_elliptic_key_signer(private_key=private)
        config.sign(model, folder / "model.sig")
    (folder / "key.pub").write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def verify(device: pathlib.Path) -> None:
    counter = json.loads((device / "current.json").read_text())["counter"]
    bundle = device / "bundles" / str(counter)
    config = verifying.Config().use_elliptic_key_verifier(public_key=device / "trusted-key.pem")
    config.verify(bundle, bundle / "model.sig")
    print(f"model-signing verifies {bundle}")


if __name__ == "__main__":
    {"sign": sign, "verify": verify}[sys.argv[1]](pathlib.Path(sys.argv[2]))
