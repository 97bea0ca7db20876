"""Sound files: inspecting, converting, reading, mixing and recovering them, and drawing their
peaks. Nothing here uses the database.
"""
