"""Generated configuration: where the answers of modules become files (design 10).

Every generated file goes one path: rows -> `Surface.render` -> custom files of the administrator
-> the real program's test -> swap -> reload. `modules_app.operator.surfaces.refresh` walks it.
"""
