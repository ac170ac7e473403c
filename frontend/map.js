// What the one map draws with: MapLibre GL. The page calls `setWorkerUrl` with the url of map-worker.js
// before it makes a map, so that the worker comes from our own origin and no blob is needed.
export {
  AttributionControl, LngLatBounds, Map, Marker, NavigationControl, Popup, setWorkerUrl,
} from 'maplibre-gl';
