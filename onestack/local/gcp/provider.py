"""What the engine can call, each call in its own function."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.plugin_pb2 import PluginAttach, PluginInfo

from onestack.errors import NotSimulated, ProviderError
from onestack.local.gcp import SDK, config, operations
from onestack.local.gcp.check import DEFAULTS, Naming, check
from onestack.local.gcp.clusters import clusters
from onestack.local.gcp.diff import diff
from onestack.local.gcp.fill import marked, planned
from onestack.local.gcp.inputs import extracted, imported
from onestack.local.gcp.protocol import Clusters
from onestack.local.gcp.session import Call, Session
from onestack.local.gcp.table import Type, type_of
from onestack.local.serving.codec import bare, decode, encode
from onestack.local.serving.engine_log import INFO, EngineLog
from onestack.local.serving.failure import PartialFailure
from onestack.local.serving.property_path import format_path, parse_path
from onestack.local.serving.service import Words
from onestack.local.toolchain.sdk import plugin_version

WORDS: Final = Words("Google Cloud")
_PARALLEL: Final = 64
T = TypeVar("T")


def notice(folder: Path) -> str:
    """What every run says."""
    return f"Google Cloud is simulated in {folder}; nothing is made there"


class Provider:
    """One plugin process. The engine configures it once and then calls it many times at once."""

    def __init__(self, log: EngineLog, make_clusters: Callable[[Path], Clusters] = clusters) -> None:
        self._log = log
        self._make_clusters = make_clusters
        self._session: Session | None = None
        self._threads = ThreadPoolExecutor(_PARALLEL)

    async def close(self) -> None:
        """Ends what waits."""
        await self.cancel(Empty())
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._log.close()

    async def get_plugin_info(self, request: Empty) -> PluginInfo:
        return PluginInfo(version=plugin_version(SDK) or "")

    async def attach(self, request: PluginAttach) -> Empty:
        self._log.attach(request.address)
        return Empty()

    async def cancel(self, request: Empty) -> Empty:
        if self._session is not None:
            self._session.cancelled.set()
        return Empty()

    async def get_schema(self, request: proto.GetSchemaRequest) -> proto.GetSchemaResponse:
        raise NotSimulated("the schema")

    async def get_mappings(self, request: proto.GetMappingsRequest) -> proto.GetMappingsResponse:
        return proto.GetMappingsResponse()

    async def get_mapping(self, request: proto.GetMappingRequest) -> proto.GetMappingResponse:
        return proto.GetMappingResponse()

    async def invoke(self, request: proto.InvokeRequest) -> proto.InvokeResponse:
        raise NotSimulated(request.tok)

    async def call(self, request: proto.CallRequest) -> proto.CallResponse:
        raise NotSimulated(request.tok)

    async def construct(self, request: proto.ConstructRequest) -> proto.ConstructResponse:
        raise NotSimulated(request.type)

    async def parameterize(self, request: proto.ParameterizeRequest) -> proto.ParameterizeResponse:
        raise NotSimulated("parameterization")

    async def check_config(self, request: proto.CheckRequest) -> proto.CheckResponse:
        found = config.problems(bare(decode(request.news)))
        failures = [proto.CheckFailure(property=name, reason=reason) for name, reason in found.items()]
        return proto.CheckResponse(inputs=request.news, failures=failures)

    async def diff_config(self, request: proto.DiffRequest) -> proto.DiffResponse:
        olds, news = bare(decode(request.olds)), bare(decode(request.news))
        changed = sorted(key for key in {**olds, **news} if olds.get(key) != news.get(key))
        some = proto.DiffResponse.DIFF_SOME if changed else proto.DiffResponse.DIFF_NONE
        return proto.DiffResponse(changes=some, diffs=changed)

    async def configure(self, request: proto.ConfigureRequest) -> proto.ConfigureResponse:
        settings = config.read(dict(request.variables), os.environ)
        self._session = Session(settings, self._make_clusters)
        await self._log.say(INFO, notice(settings.folder))
        return proto.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    async def check(self, request: proto.CheckRequest) -> proto.CheckResponse:
        known = _type_in(request.urn)
        name = request.urn.rpartition("::")[2]
        proposed = request.autonaming.proposed_name if request.HasField("autonaming") else ""
        olds = bare(decode(request.olds))
        inputs, failures = check(
            known, decode(request.news), olds, Naming(name, request.randomSeed, proposed)
        )
        return proto.CheckResponse(
            inputs=encode(inputs),
            failures=[proto.CheckFailure(property=one.path, reason=one.reason) for one in failures],
        )

    async def diff(self, request: proto.DiffRequest) -> proto.DiffResponse:
        known = _type_in(request.urn)
        ignored = [parse_path(text) for text in request.ignoreChanges]
        verdict = diff(known, bare(decode(request.olds)), bare(decode(request.news)), ignored)
        touched = {change.path[0] for change in verdict.changes}
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if verdict.changes else proto.DiffResponse.DIFF_NONE,
            replaces=[format_path(change.path) for change in verdict.replaces],
            diffs=sorted(str(name) for name in touched),
            stables=[name for name, one in known.fields.items() if one.replaces and name not in touched],
            deleteBeforeReplace=verdict.delete_first,
            detailedDiff={
                format_path(change.path): proto.PropertyDiff(kind=change.shown, inputDiff=True)
                for change in verdict.changes
            },
            hasDetailedDiff=True,
        )

    async def create(self, request: proto.CreateRequest) -> proto.CreateResponse:
        known, given = _type_in(request.urn), decode(request.properties)
        inputs = _program(bare(given))
        if request.preview:
            project = inputs.get("project") or self._configured.config.project
            shown = planned(known, inputs, {}, project)
            return proto.CreateResponse(properties=encode(marked(known, shown, given)))
        call = Call(known, inputs, seconds=request.timeout)
        try:
            resource_id, state = await self._run(lambda: operations.create(self._configured, call))
        except PartialFailure as error:
            error.state = marked(known, error.state, given)
            raise
        return proto.CreateResponse(id=resource_id, properties=encode(marked(known, state, given)))

    async def read(self, request: proto.ReadRequest) -> proto.ReadResponse:
        known, given = _type_in(request.urn), decode(request.inputs)
        state = await self._run(lambda: operations.read(self._configured, known, request.id))
        if state is None:
            return proto.ReadResponse()
        inputs = extracted(known, state, given) if given else imported(known, state)
        return proto.ReadResponse(
            id=request.id, properties=encode(marked(known, state, given)), inputs=encode(inputs)
        )

    async def update(self, request: proto.UpdateRequest) -> proto.UpdateResponse:
        known, given, olds = _type_in(request.urn), decode(request.news), bare(decode(request.olds))
        inputs = _program(bare(given))
        if request.preview:
            shown = planned(known, inputs, olds, self._configured.config.project)
            return proto.UpdateResponse(properties=encode(marked(known, shown, given)))
        call = Call(known, inputs, request.id, olds, request.timeout)
        state = await self._run(lambda: operations.update(self._configured, call))
        return proto.UpdateResponse(properties=encode(marked(known, state, given)))

    async def delete(self, request: proto.DeleteRequest) -> Empty:
        known = _type_in(request.urn)
        call = Call(known, {}, request.id, bare(decode(request.properties)), request.timeout)
        await self._run(lambda: operations.delete(self._configured, call))
        return Empty()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    @property
    def _configured(self) -> Session:
        if self._session is None:
            raise ProviderError("the provider has not been configured")
        return self._session


def _type_in(urn: str) -> Type:
    """The type in a URN such as ``urn:pulumi:dev::shop::parent$gcp:compute/network:Network::main``."""
    return type_of(urn.split("::")[2].rpartition("$")[2])


def _program(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != DEFAULTS}
