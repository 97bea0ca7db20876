from flask import Blueprint

blueprint = Blueprint("api_meetings", __name__)
