"""What the engine can call, each call in its own function."""

from __future__ import annotations

from typing import Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.plugin_pb2 import PluginAttach, PluginInfo

from onestack.errors import NotServedOffline, ProviderError
from onestack.local.kubernetes import NAME, VERSION, config
from onestack.local.kubernetes.active_cluster import active_cluster
from onestack.local.kubernetes.check import check
from onestack.local.kubernetes.diff import diff
from onestack.local.kubernetes.failure import text_of
from onestack.local.kubernetes.identity import Urn
from onestack.local.kubernetes.lifecycle.create import create
from onestack.local.kubernetes.lifecycle.delete import delete
from onestack.local.kubernetes.lifecycle.read import read
from onestack.local.kubernetes.lifecycle.refused import refusal
from onestack.local.kubernetes.lifecycle.update import update
from onestack.local.kubernetes.secrecy import plain
from onestack.local.kubernetes.session import Session, environment
from onestack.local.serving.codec import decode
from onestack.local.serving.engine_log import INFO, EngineLog
from onestack.local.serving.service import Words

WORDS: Final = Words("Kubernetes", text_of)
NOTICE: Final = (
    f"offline Kubernetes provider: stands in for {NAME} {VERSION}, which could not be downloaded here"
)


class Provider:
    """One plugin process. The engine configures it once and then calls it many times at once."""

    def __init__(self, log: EngineLog) -> None:
        self._log = log
        self._session: Session | None = None

    async def close(self) -> None:
        """Ends all connections."""
        if self._session is not None:
            await self._session.close()
        await self._log.close()

    async def get_plugin_info(self, request: Empty) -> PluginInfo:
        return PluginInfo(version=VERSION)

    async def attach(self, request: PluginAttach) -> Empty:
        self._log.attach(request.address)
        return Empty()

    async def cancel(self, request: Empty) -> Empty:
        if self._session is not None:
            self._session.cancel()
        return Empty()

    async def get_schema(self, request: proto.GetSchemaRequest) -> proto.GetSchemaResponse:
        raise NotServedOffline("the schema", "use a typed Pulumi SDK of the same version")

    async def get_mappings(self, request: proto.GetMappingsRequest) -> proto.GetMappingsResponse:
        return proto.GetMappingsResponse()

    async def get_mapping(self, request: proto.GetMappingRequest) -> proto.GetMappingResponse:
        return proto.GetMappingResponse()

    async def invoke(self, request: proto.InvokeRequest) -> proto.InvokeResponse:
        raise refusal(request.tok)

    async def call(self, request: proto.CallRequest) -> proto.CallResponse:
        raise refusal(request.tok)

    async def construct(self, request: proto.ConstructRequest) -> proto.ConstructResponse:
        raise refusal(request.type)

    async def parameterize(self, request: proto.ParameterizeRequest) -> proto.ParameterizeResponse:
        raise NotServedOffline("parameterization", "use CustomResource for the kinds of CRDs")

    async def check_config(self, request: proto.CheckRequest) -> proto.CheckResponse:
        urn = Urn.parse(request.urn)
        found = config.problems(urn.type, urn.name, plain(decode(request.news)), environment())
        failures = [proto.CheckFailure(property=p.setting, reason=p.reason) for p in found]
        return proto.CheckResponse(inputs=request.news, failures=failures)

    async def diff_config(self, request: proto.DiffRequest) -> proto.DiffResponse:
        olds, news = decode(request.olds), decode(request.news)
        verdict = config.diff(olds, news, active_cluster(plain(olds)), active_cluster(plain(news)))
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if verdict.changed else proto.DiffResponse.DIFF_NONE,
            diffs=verdict.diffs,
            replaces=verdict.replaces,
        )

    async def configure(self, request: proto.ConfigureRequest) -> proto.ConfigureResponse:
        settings = config.read(dict(request.variables), environment())
        if not settings.server_side_apply:
            why = "set enableServerSideApply to true, which is the default"
            raise NotServedOffline("client-side apply", why)
        if settings.render_directory:
            raise NotServedOffline("renderYamlToDirectory", "render with 'onestack render' instead")
        self._session = Session(settings, self._log)
        await self._log.say(INFO, NOTICE)
        await self._session.open()
        return proto.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    async def check(self, request: proto.CheckRequest) -> proto.CheckResponse:
        return await check(self._configured, request)

    async def diff(self, request: proto.DiffRequest) -> proto.DiffResponse:
        return await diff(self._configured, request)

    async def create(self, request: proto.CreateRequest) -> proto.CreateResponse:
        return await create(self._configured, request)

    async def read(self, request: proto.ReadRequest) -> proto.ReadResponse:
        return await read(self._configured, request)

    async def update(self, request: proto.UpdateRequest) -> proto.UpdateResponse:
        return await update(self._configured, request)

    async def delete(self, request: proto.DeleteRequest) -> Empty:
        return await delete(self._configured, request)

    @property
    def _configured(self) -> Session:
        if self._session is None:
            raise ProviderError("the provider has not been configured")
        return self._session
