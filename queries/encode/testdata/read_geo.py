"""Prints what GDAL reads from a GeoJSON or KML file, as JSON: for each feature its layer, attributes and geometry."""
import json
import sys

from osgeo import gdal, ogr

gdal.UseExceptions()
source = gdal.OpenEx(sys.argv[1], gdal.OF_VECTOR)
features = []
for i in range(source.GetLayerCount()):
    layer = source.GetLayer(i)
    for feature in layer:
        geometry = feature.GetGeometryRef()
        features.append({
            "layer": layer.GetName(),
            "valid": geometry is not None and geometry.IsValid(),
            "kind": geometry and geometry.GetGeometryName(),
            "geometry": geometry and json.loads(geometry.ExportToJson()),
            "values": {
                feature.GetFieldDefnRef(k).GetName(): feature.GetField(k)
                for k in range(feature.GetFieldCount()) if feature.IsFieldSetAndNotNull(k)
            },
        })
json.dump({"driver": source.GetDriver().ShortName, "features": features}, sys.stdout)
