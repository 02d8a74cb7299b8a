"""What happens to everybody: time passes, the weather turns, the store stops or forgets."""

from __future__ import annotations

from tests.simulation.world import World

HOUR = 3600


async def wait(world: World) -> str:
    """Time passes: mostly hours, sometimes days, so that keys rotate and deadlines come."""
    hours = world.dice.choice((1, 2, 6, 12, 24, 24 * 3, 24 * 8))
    world.time.pass_by(hours * HOUR)
    await world.store.sweep()
    return f"{hours} hours pass"


async def weather(world: World) -> str:
    """The sky changes."""
    return f"weather: {world.change_weather()}"


async def store_down(world: World) -> str:
    """The store stops, or comes back as a new process."""
    world.weather.down = not world.weather.down
    if not world.weather.down:
        world.store.restart()
    return f"store {'down' if world.weather.down else 'up again'}"


async def store_forgets(world: World) -> str:
    """The store loses a delivery that waited; later messages show that one is missing."""
    if not world.store.forget(world.dice):
        return "the store has nothing to forget"
    world.weather.note("forgotten")
    return "the store forgets a delivery"
