"""A time-series server that takes InfluxDB v2 writes: InfluxDB 2, or VictoriaMetrics at its root URL.

URL: influx+http://[token@]host:port[/?org=…&bucket=…]. `Air/Temperature` of a device becomes measurement `air`,
field `temperature`, tags facility and device; in VictoriaMetrics the series is `air_temperature`. A point of a drill
goes to measurement `drill_air`, with the drill's id in tag drill: no query for `air` meets it.
"""

import logging
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit, urlunsplit

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write.point import Point as InfluxPoint
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from cloud.domain.rows import Point
from cloud.ports import TelemetryUnavailable
from contract.metrics import CATALOGUE

_TIMEOUT_MS = 10_000
_OUT_OF_RETENTION = 422  # InfluxDB 2 wrote what it may and will never take the rest
log = logging.getLogger(__name__)


class InfluxTelemetry:
    durable_after_s = 60.0  # VictoriaMetrics flushes its memory to disk within seconds, not at the answer

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self._org, self._bucket = query.get("org", ["onetrip"])[0], query.get("bucket", ["onetrip"])[0]
        host = parts.netloc.rpartition("@")[2]
        self._url = urlunsplit((parts.scheme.removeprefix("influx+"), host, parts.path.rstrip("/"), "", ""))
        self._client = InfluxDBClient(
            url=self._url, token=parts.username or "none", org=self._org, timeout=_TIMEOUT_MS, enable_gzip=True
        )
        self._writer = self._client.write_api(write_options=SYNCHRONOUS)

    def write(self, points: Sequence[Point]) -> None:
        records = [_record(point) for point in points]
        try:
            self._writer.write(self._bucket, self._org, records, write_precision=WritePrecision.MS)
        except ApiException as error:
            if error.status != _OUT_OF_RETENTION:
                raise TelemetryUnavailable(f"telemetry {self._url}: {error.status} {error.reason}") from error
            log.warning("telemetry %s keeps not all of %d points: %s", self._url, len(points), error.message)
        except (HTTPError, OSError) as error:
            raise TelemetryUnavailable(f"telemetry {self._url}: {error}") from error

    def close(self) -> None:
        self._writer.close()
        self._client.close()


def _record(point: Point) -> InfluxPoint:
    measurement, field = CATALOGUE[point.metric].series
    record = InfluxPoint(f"drill_{measurement}" if point.drill else measurement).tag("facility", point.facility)
    if point.drill:
        record = record.tag("drill", point.drill)
    if point.device:
        record = record.tag("device", point.device)
    return record.field(field, point.value).time(point.at_ms, WritePrecision.MS)
