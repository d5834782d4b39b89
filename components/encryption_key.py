"""The key that a cluster's secrets and its nodes' disks are encrypted with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.options import within

_ROTATION: Final = f"{90 * 24 * 3600}s"
_ROLE: Final = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
_NAME: Final = "cluster"


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """``key_ring`` names the ring to make, which must never have been one of this project and region.

    ``protected``: ring and key can't be deleted or replaced.
    """

    project: str
    region: str
    key_ring: str
    protected: bool = True


class EncryptionKey(pulumi.ComponentResource):
    """A Cloud KMS key in a ring of its own, rotated every 90 days, that GKE and Compute Engine may use.

    Google never deletes a ring. Destroying the key destroys its versions, for good after 30 days, and with
    them all that was encrypted with them. Not done here: keys in hardware (HSM) or outside (EKM), encrypting
    again after a rotation, use of the key by anything else than the cluster.
    """

    key: str
    """``projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/cluster``, known beforehand."""

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("onestack:google:EncryptionKey", name, None, opts)
        ring = f"projects/{args.project}/locations/{args.region}/keyRings/{args.key_ring}"
        self.key = f"{ring}/cryptoKeys/{_NAME}"
        key_ring = gcp.kms.KeyRing(
            "ring",
            project=args.project,
            location=args.region,
            name=args.key_ring,
            opts=within(self, opts, protect=args.protected),
        )
        key = gcp.kms.CryptoKey(
            "key",
            key_ring=key_ring.id,
            name=_NAME,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=_ROTATION,
            opts=within(self, opts, protect=args.protected),
        )
        gke = gcp.projects.ServiceIdentity(
            "gke", project=args.project, service="container.googleapis.com", opts=within(self, opts)
        )
        for user, member in (
            ("gke", gke.email.apply(lambda email: f"serviceAccount:{email}")),
            ("compute", gke.email.apply(compute_agent)),
        ):
            gcp.kms.CryptoKeyIAMMember(
                f"{user}-uses-key", crypto_key_id=key.id, role=_ROLE, member=member, opts=within(self, opts)
            )
        self.register_outputs({"key": self.key})


def compute_agent(gke_agent: str) -> str:
    """Who encrypts nodes' disks, as an IAM member: Compute Engine's own account of the same project.

    Its address has the project's number, which is taken from that of GKE's account,
    ``service-<number>@container-engine-robot.iam.gserviceaccount.com``: Compute Engine's can't be asked for
    (https://github.com/terraform-google-modules/terraform-google-project-factory/pull/628).
    """
    number = gke_agent.partition("@")[0].removeprefix("service-")
    return f"serviceAccount:service-{number}@compute-system.iam.gserviceaccount.com"
