"""The command line of every component. Pure: values in, values out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from onestack.local.plane.certificates import Pki
from onestack.local.plane.layout import Layout
from onestack.local.plane.ports import LOOPBACK, PortName, Ports

ETCD: Final = "etcd"
APISERVER: Final = "kube-apiserver"
CONTROLLER_MANAGER: Final = "kube-controller-manager"
SCHEDULER: Final = "kube-scheduler"
KWOK: Final = "kwok"

# In the order in which they need each other.
COMPONENTS: Final = (ETCD, APISERVER, CONTROLLER_MANAGER, SCHEDULER, KWOK)

SERVICE_RANGE: Final = "10.96.0.0/16"

# TEST-NET-1 (RFC 5737). The API server wants an address to tell others that is not a
# loopback one, also where, as here, it is told to tell nobody.
_ADVERTISED: Final = "192.0.2.1"

_GIBIBYTE: Final = 1024**3


class Tools(Protocol):
    """What a plane asks of a toolchain."""

    def path(self, name: str) -> Path:
        """The executable of a component."""


@dataclass(frozen=True)
class Command:
    """How to start one component.

    ``ports`` are the listeners that it opens. ``fingerprint`` changes with everything the
    process must be started anew for: its flags, and the content of what it reads at start.
    """

    component: str
    argv: tuple[str, ...]
    ports: tuple[PortName, ...]
    fingerprint: str


def identities(layout: Layout) -> dict[str, str]:
    """The one argument by which each component of this very plane is known among all
    processes, also when a killed command could not write down that it had started it."""
    return {
        ETCD: f"--data-dir={layout.etcd}",
        APISERVER: f"--audit-log-path={layout.audit_log}",
        CONTROLLER_MANAGER: f"--service-account-private-key-file={Pki(layout.pki).service_account_key}",
        SCHEDULER: f"--config={layout.scheduler_config}",
        KWOK: f"--config={layout.kwok_config}",
    }


def commands(
    layout: Layout, ports: Ports, tools: Tools, contents: Mapping[str, str], *, durable: bool
) -> dict[str, Command]:
    """Every component's command. ``contents`` has, by component, the files it reads at start."""
    pki = Pki(layout.pki)
    flags: dict[str, tuple[tuple[str, ...], tuple[PortName, ...]]] = {
        ETCD: (_etcd(layout, pki, ports, durable=durable), ("etcd", "etcd_peer")),
        APISERVER: (_apiserver(layout, pki, ports), ("apiserver",)),
        CONTROLLER_MANAGER: (_controller_manager(layout, pki, ports), ("controller_manager",)),
        SCHEDULER: (_scheduler(layout, pki, ports), ("scheduler",)),
        KWOK: (_kwok(layout), ()),
    }
    found = {}
    for component, (arguments, opens) in flags.items():
        argv = (str(tools.path(component)), *arguments)
        told = "\0".join((*argv, contents.get(component, "")))
        found[component] = Command(component, argv, opens, hashlib.sha256(told.encode()).hexdigest())
    return found


def _etcd(layout: Layout, pki: Pki, ports: Ports, *, durable: bool) -> tuple[str, ...]:
    client = f"https://{LOOPBACK}:{ports.etcd}"
    peer = f"https://{LOOPBACK}:{ports.etcd_peer}"
    certificate, key, authority = pki.certificate("etcd"), pki.key("etcd"), pki.certificate("etcd-ca")
    return (
        "--name=onestack",
        f"--data-dir={layout.etcd}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=onestack={peer}",
        f"--cert-file={certificate}",
        f"--key-file={key}",
        f"--trusted-ca-file={authority}",
        "--client-cert-auth",
        f"--peer-cert-file={certificate}",
        f"--peer-key-file={key}",
        f"--peer-trusted-ca-file={authority}",
        "--peer-client-cert-auth",
        f"--quota-backend-bytes={4 * _GIBIBYTE}",
        "--max-snapshots=2",
        "--max-wals=2",
        "--log-level=warn",
        # What is thrown away needs no disk; what is kept is written before it is confirmed.
        f"--unsafe-no-fsync={'false' if durable else 'true'}",
    )


def _apiserver(layout: Layout, pki: Pki, ports: Ports) -> tuple[str, ...]:
    return (
        *_apiserver_listens(pki, ports),
        *_apiserver_trusts(pki),
        *_apiserver_stores(layout, pki, ports),
        "--authorization-mode=Node,RBAC",
        "--anonymous-auth=false",
        "--enable-admission-plugins=NodeRestriction",
        # Real manifests have privileged pods (node agents, storage drivers).
        "--allow-privileged=true",
        # There is no kubelet to ask for logs: no address of the node is fit, so that it says so
        # at once instead of trying to reach one.
        "--kubelet-preferred-address-types=ExternalDNS",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki.service_account_public}",
        f"--service-account-signing-key-file={pki.service_account_key}",
        f"--audit-policy-file={layout.audit_policy}",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-maxsize=20",
        "--audit-log-maxbackup=2",
        "--audit-log-maxage=30",
        # One machine, one tenant: room for hundreds of requests at once.
        "--max-requests-inflight=1200",
        "--max-mutating-requests-inflight=800",
        "--delete-collection-workers=8",
        "--profiling=false",
        "--shutdown-delay-duration=0s",
    )


def _apiserver_listens(pki: Pki, ports: Ports) -> tuple[str, ...]:
    return (
        f"--bind-address={LOOPBACK}",
        f"--secure-port={ports.apiserver}",
        f"--advertise-address={_ADVERTISED}",
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={pki.certificate('apiserver')}",
        f"--tls-private-key-file={pki.key('apiserver')}",
    )


def _apiserver_trusts(pki: Pki) -> tuple[str, ...]:
    return (
        f"--client-ca-file={pki.certificate('ca')}",
        f"--requestheader-client-ca-file={pki.certificate('front-proxy-ca')}",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={pki.certificate('front-proxy-client')}",
        f"--proxy-client-key-file={pki.key('front-proxy-client')}",
    )


def _apiserver_stores(layout: Layout, pki: Pki, ports: Ports) -> tuple[str, ...]:
    return (
        f"--etcd-servers=https://{LOOPBACK}:{ports.etcd}",
        f"--etcd-cafile={pki.certificate('etcd-ca')}",
        f"--etcd-certfile={pki.certificate('apiserver-etcd-client')}",
        f"--etcd-keyfile={pki.key('apiserver-etcd-client')}",
        f"--encryption-provider-config={layout.encryption}",
    )


def _controller_manager(layout: Layout, pki: Pki, ports: Ports) -> tuple[str, ...]:
    workers = ("deployment", "replicaset", "statefulset", "daemonset", "job", "endpoint", "service-endpoint")
    return (
        f"--kubeconfig={layout.kubeconfig(CONTROLLER_MANAGER)}",
        *_health_listener(pki, ports.controller_manager),
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={pki.service_account_key}",
        f"--root-ca-file={pki.certificate('ca')}",
        f"--cluster-signing-cert-file={pki.certificate('ca')}",
        f"--cluster-signing-key-file={pki.key('ca')}",
        "--kube-api-qps=1000",
        "--kube-api-burst=2000",
        *(f"--concurrent-{kind}-syncs=20" for kind in workers),
        "--concurrent-namespace-syncs=20",
        "--concurrent-serviceaccount-token-syncs=20",
        # The node's sign of life comes once a minute, and not while the machine sleeps.
        "--node-monitor-grace-period=5m",
        "--profiling=false",
    )


def _scheduler(layout: Layout, pki: Pki, ports: Ports) -> tuple[str, ...]:
    return (
        f"--config={layout.scheduler_config}",
        *_health_listener(pki, ports.scheduler),
        "--profiling=false",
    )


def _health_listener(pki: Pki, port: int) -> tuple[str, ...]:
    return (
        f"--bind-address={LOOPBACK}",
        f"--secure-port={port}",
        f"--tls-cert-file={pki.certificate('health')}",
        f"--tls-private-key-file={pki.key('health')}",
    )


def _kwok(layout: Layout) -> tuple[str, ...]:
    return (
        f"--kubeconfig={layout.kubeconfig(KWOK)}",
        f"--config={layout.kwok_config}",
        "--v=WARN",
    )
