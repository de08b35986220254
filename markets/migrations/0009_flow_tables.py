"""The tables of trade flows and their sums: a partition for each dataset, below it a leaf for each year.

Leaves and the partitions of datasets are made when a year is published. Their keys are made there too, after the rows.
"""

from django.db import migrations

FORWARD = """
CREATE TABLE markets_tradeflow (
    dataset_id varchar(40) NOT NULL,
    year smallint NOT NULL,
    period varchar(16) NOT NULL,
    frequency varchar(1) NOT NULL,
    exporter_id varchar(3) NOT NULL,
    importer_id varchar(3) NOT NULL,
    basis varchar(17) NOT NULL,
    flow varchar(2) NOT NULL,
    classification varchar(8) NOT NULL,
    product varchar(6) NOT NULL,
    value_usd numeric,
    value numeric,
    currency_id varchar(3),
    net_weight_kg numeric,
    quantity numeric,
    quantity_unit varchar(16) NOT NULL DEFAULT '',
    valuation varchar(3) NOT NULL DEFAULT '',
    obs_status varchar(1) NOT NULL DEFAULT '',
    release_id bigint NOT NULL,
    CONSTRAINT trade_flow_of_two CHECK (exporter_id <> importer_id),
    CONSTRAINT trade_flow_not_negative CHECK (value_usd >= 0 AND value >= 0 AND net_weight_kg >= 0 AND quantity >= 0),
    CONSTRAINT trade_flow_missing_has_status CHECK (value_usd IS NOT NULL OR value IS NOT NULL OR obs_status <> '')
) PARTITION BY LIST (dataset_id);

CREATE TABLE markets_flowtotal (
    dataset_id varchar(40) NOT NULL,
    year smallint NOT NULL,
    basis varchar(17) NOT NULL,
    classification varchar(8) NOT NULL,
    exporter_id varchar(3) NOT NULL DEFAULT '',
    importer_id varchar(3) NOT NULL DEFAULT '',
    product varchar(6) NOT NULL DEFAULT '',
    value_usd numeric NOT NULL,
    net_weight_kg numeric,
    weighed_usd numeric,
    flows integer NOT NULL,
    partners integer NOT NULL,
    release_id bigint NOT NULL,
    method smallint NOT NULL
) PARTITION BY LIST (dataset_id);
"""
BACKWARD = "DROP TABLE markets_flowtotal; DROP TABLE markets_tradeflow;"


class Migration(migrations.Migration):
    dependencies = [("markets", "0008_trade_flows")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
