"""In which order the vertices of each layer stand, so that few links cross."""

from bisect import bisect_right, insort
from collections import defaultdict

from .net import Net, Segment

_SWEEPS = 8


def order_layers(net: Net) -> None:
    """Order every layer by where its neighbours stand; of several tries the best is kept.

    The first try is the order of the definition, which is kept where nothing is better.
    """
    down: dict[int, list[Segment]] = defaultdict(list)
    up: dict[int, list[Segment]] = defaultdict(list)
    for segment in net.segments:
        down[segment.lower].append(segment)
        up[segment.upper].append(segment)
    best, fewest = [list(layer) for layer in net.layers], _crossings(net)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        places = _places(net)
        if sweep % 2 == 0:
            for layer in net.layers[1:]:
                _order(layer, {each: _upper(down[each], places) for each in layer}, places)
        else:
            for layer in reversed(net.layers[:-1]):
                _order(layer, {each: _lower(up[each], places) for each in layer}, places)
        crossings = _crossings(net)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in net.layers], crossings
    net.layers = best


def _places(net: Net) -> dict[int, float]:
    return {each: float(place) for layer in net.layers for place, each in enumerate(layer)}


def _order(layer: list[int], wanted: dict[int, float | None], places: dict[int, float]) -> None:
    def key(vertex: int) -> float:
        place = wanted[vertex]
        return places[vertex] if place is None else place

    layer.sort(key=key)
    for place, vertex in enumerate(layer):
        places[vertex] = float(place)


def _upper(segments: list[Segment], places: dict[int, float]) -> float | None:
    return _mean([places[each.upper] + _beside(each.upper_offset) for each in segments])


def _lower(segments: list[Segment], places: dict[int, float]) -> float | None:
    return _mean([places[each.lower] + _beside(each.lower_offset) for each in segments])


def _beside(offset: float) -> float:
    return min(offset / 500, 0.4)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _crossings(net: Net) -> int:
    places = _places(net)
    by_layer: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for each in net.segments:
        upper = places[each.upper] + _beside(each.upper_offset)
        lower = places[each.lower] + _beside(each.lower_offset)
        by_layer[net.vertices[each.upper].layer].append((upper, lower))
    return sum(_inversions(pairs) for pairs in by_layer.values())


def _inversions(pairs: list[tuple[float, float]]) -> int:
    seen: list[float] = []
    count = 0
    for _, lower in sorted(pairs):
        count += len(seen) - bisect_right(seen, lower)
        insort(seen, lower)
    return count
